// Patches of the page's platform objects: transparent, never throwing, undone where we are still outermost, silent where we are not.

type Hook = (self: unknown, args: unknown[], result: unknown) => void;
type Part = 'value' | 'set' | 'get';

/** A platform's class; undefined where a browser does not have it. */
type Owner<T> = { readonly prototype: T } | undefined;

export class Patches {
  private readonly undos: (() => unknown)[] = [];
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
    for (const name of names) if (owner && this.live) this.put(owner.prototype, name, part, hook as Hook);
  }

  /** Calls hook after a class of a window made something. */
  made(window: object, name: string, hook: (made: unknown, args: unknown[]) => void): void {
    const patches = this;
    const original: unknown = Reflect.get(window, name);
    if (typeof original !== 'function') return;
    const ours = new Proxy(original, {
      construct(kind, args: unknown[], target) {
        const made: object = Reflect.construct(kind as new () => object, args, target as new () => object);
        patches.run(() => hook(made, args));
        return made;
      },
      get: named,
    });
    Reflect.set(window, name, ours);
    this.undos.push(() => Reflect.get(window, name) === ours && Reflect.set(window, name, original));
  }

  private run(hook: () => void): void {
    if (!this.live) return;
    try {
      hook();
    } catch (error) {
      this.onError(error);
    }
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
        patches.run(() => hook(self, args, result));
        return result;
      },
      get: named,
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

function named(method: object, name: PropertyKey, self: unknown): unknown {
  // The platform describes a proxy without its name.
  if (name === 'toString') return Function.prototype.toString.bind(method);
  return Reflect.get(method, name, self);
}
