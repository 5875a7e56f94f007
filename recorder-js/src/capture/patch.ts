// Patches of the page's platform objects: transparent, never throwing, undone where we are still outermost, silent where we are not.

type Hook = (self: unknown, args: unknown[], result: unknown) => void;
type Part = 'value' | 'set' | 'get';

/** A platform's class; undefined where a browser does not have it. */
type Owner<T> = { readonly prototype: T } | undefined;

export class Patches {
  private readonly undos: (() => void)[] = [];
  private live = true;

  constructor(private readonly onError: (error: unknown) => void) {}

  /**
   * Calls hook after methods of a class have returned ('value'), or after its properties were set or read; what the page sees of
   * them is as before.
   */
  after<T extends object>(
    owner: Owner<T>,
    part: Part,
    names: readonly string[],
    hook: (self: T, args: unknown[], result: unknown) => void,
  ): void {
    for (const name of names) if (owner) this.put(owner.prototype, name, part, hook as Hook);
  }

  private put(target: object, name: string, part: Part, hook: Hook): void {
    const before = Object.getOwnPropertyDescriptor(target, name);
    const original: unknown = before?.[part];
    if (!before?.configurable || typeof original !== 'function') return;
    const ours = this.wrap(original, hook);
    Object.defineProperty(target, name, { ...before, [part]: ours });
    this.undos.push(() => {
      const now = Object.getOwnPropertyDescriptor(target, name);
      if (now?.[part] === ours) Object.defineProperty(target, name, { ...now, [part]: original });
    });
  }

  /** A function keeps its name, length and text by answering through the original for everything but the call. */
  private wrap(original: object, hook: Hook): object {
    const patches = this;
    return new Proxy(original, {
      apply(method, self, args: unknown[]) {
        const result: unknown = Reflect.apply(method as (...a: unknown[]) => unknown, self, args);
        if (patches.live) {
          try {
            hook(self, args, result);
          } catch (error) {
            patches.onError(error);
          }
        }
        return result;
      },
      get(method, name, self) {
        // The platform describes a proxy without its name.
        if (name === 'toString') return Function.prototype.toString.bind(method);
        return Reflect.get(method, name, self);
      },
    });
  }

  undo(): void {
    this.live = false;
    for (const undo of this.undos.splice(0).reverse()) {
      try {
        undo();
      } catch (error) {
        this.onError(error);
      }
    }
  }
}
