// Patches of the page's platform objects: transparent, never throwing, undone where we are still outermost, silent where we are not.

type Hook = (this: never, args: unknown[], result: unknown) => void;

export class Patches {
  private readonly undos: (() => void)[] = [];
  private live = true;

  constructor(private readonly onError: (error: unknown) => void) {}

  /** Calls hook after a method has returned; what the page sees of the method is as before. */
  after(target: object, name: string, hook: Hook): void {
    this.put(target, name, 'value', hook);
  }

  /** Calls hook after a property was set. */
  afterSet(target: object, name: string, hook: Hook): void {
    this.put(target, name, 'set', hook);
  }

  /** Calls hook after a property was read. */
  afterGet(target: object, name: string, hook: Hook): void {
    this.put(target, name, 'get', hook);
  }

  private put(target: object, name: string, part: 'value' | 'set' | 'get', hook: Hook): void {
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
            Reflect.apply(hook as (...a: unknown[]) => unknown, self, [args, result]);
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
