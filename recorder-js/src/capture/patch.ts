// Patches of the page's platform objects: transparent, never throwing, undone where we are still outermost.

type Hook = (this: never, args: unknown[], result: unknown) => void;

export class Patches {
  private readonly undos: (() => void)[] = [];

  constructor(private readonly onError: (error: unknown) => void) {}

  /** Calls hook after a method has returned; what the page sees of the method is as before. */
  after(target: object, name: string, hook: Hook): void {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    const original: unknown = descriptor?.value;
    if (!descriptor || typeof original !== 'function' || !descriptor.configurable) return;
    const wrapped = this.wrap(original, hook);
    this.put(target, name, descriptor, { ...descriptor, value: wrapped });
  }

  /** Calls hook after a property was set. */
  afterSet(target: object, name: string, hook: Hook): void {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    if (!descriptor?.set || !descriptor.configurable) return;
    this.put(target, name, descriptor, { ...descriptor, set: this.wrap(descriptor.set, hook) as (v: unknown) => void });
  }

  /** A method keeps its name, length and text by answering through the original for everything but the call. */
  private wrap(original: CallableFunction, hook: Hook): CallableFunction {
    const { onError } = this;
    return new Proxy(original, {
      apply(method, self, args: unknown[]) {
        const result: unknown = Reflect.apply(method as (...a: unknown[]) => unknown, self, args);
        try {
          Reflect.apply(hook as (...a: unknown[]) => unknown, self, [args, result]);
        } catch (error) {
          onError(error);
        }
        return result;
      },
    });
  }

  private put(target: object, name: string, before: PropertyDescriptor, now: PropertyDescriptor): void {
    Object.defineProperty(target, name, now);
    this.undos.push(() => {
      const current = Object.getOwnPropertyDescriptor(target, name);
      if (current && current.value === now.value && current.set === now.set)
        Object.defineProperty(target, name, before);
    });
  }

  undo(): void {
    for (const undo of this.undos.splice(0).reverse()) {
      try {
        undo();
      } catch (error) {
        this.onError(error);
      }
    }
  }
}
