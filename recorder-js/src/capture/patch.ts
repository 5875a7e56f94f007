// Patches of the page's platform objects: transparent, never throwing, undone where we are still outermost, silent where we are not.

type Hook = (self: unknown, args: unknown[], result: unknown) => void;
/** What happens after a call: gives what the page gets for its result. `threw`: what the platform refused it with. */
export type Then = (result: unknown, threw?: unknown) => unknown;
type Around = (self: unknown, args: unknown[]) => Then | undefined;
type Part = 'value' | 'set' | 'get';

/** A platform's class; undefined where a browser does not have it. */
type Owner<T> = { readonly prototype: T } | undefined;

/** What a page was refused with through a function of ours: its error, whoever stands outermost in its stack. Of what is no object nobody asks. */
export const passed = new WeakSet<WeakKey>();

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
    for (const name of names)
      if (owner && this.live) this.put(owner.prototype, name, part, (original) => this.wrap(original, hook as Hook));
  }

  /** Calls hook before a function of an object, and what it gives after it. The page's errors pass. */
  around(target: object, name: string, hook: Around): void {
    const patches = this;
    if (!this.live) return;
    this.put(
      target,
      name,
      'value',
      (original) =>
        new Proxy(original, {
          apply(method, self, args: unknown[]) {
            const call = method as (...a: unknown[]) => unknown;
            let then: Then | undefined;
            // Without a function of its own: a page may call this ten thousand times in a second.
            if (patches.live)
              try {
                then = hook(self, args);
              } catch (error) {
                patches.onError(error);
              }
            if (!then) return Reflect.apply(call, self, args);
            let result: unknown;
            try {
              result = Reflect.apply(call, self, args);
            } catch (error) {
              passed.add(Object(error));
              patches.run(() => then?.(undefined, error));
              throw error;
            }
            patches.run(() => {
              result = then?.(result);
            });
            return result;
          },
          get: named,
        }),
    );
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
    if (!Reflect.set(window, name, ours)) return;
    this.undos.push(() => Reflect.get(window, name) === ours && Reflect.set(window, name, original));
    // What the class made asks for its class by this.
    const { prototype } = original;
    const made = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor');
    if (made?.value !== original || !made?.configurable) return;
    Object.defineProperty(prototype, 'constructor', { ...made, value: ours });
    this.undos.push(() => prototype.constructor === ours && Object.defineProperty(prototype, 'constructor', made));
  }

  /** Runs what is ours: it never throws, and does nothing when all is undone. */
  run(hook: () => void): void {
    if (!this.live) return;
    try {
      hook();
    } catch (error) {
      this.onError(error);
    }
  }

  private put(target: object, name: string, part: Part, wrap: (original: object) => object): void {
    const before = Object.getOwnPropertyDescriptor(target, name);
    const original: unknown = before?.[part];
    if (!before?.configurable || typeof original !== 'function') return;
    const ours = wrap(original);
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
