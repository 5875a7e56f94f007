// Typed events for the few classes here. What a listener throws goes to `fault`, never to the one that emitted.

type Listeners<M extends { [K in keyof M]: unknown[] }> = { [K in keyof M]?: Set<(...args: M[K]) => void> };

/** M maps an event's name to the listener's arguments. */
export class Emitter<M extends { [K in keyof M]: unknown[] }> {
  private readonly listeners: Listeners<M> = {};
  fault: (error: unknown) => void = () => undefined;

  /** Returns what takes the listener away. */
  on<K extends keyof M>(event: K, listener: (...args: M[K]) => void): () => void {
    let set = this.listeners[event];
    if (!set) {
      set = new Set();
      this.listeners[event] = set;
    }
    const added = set.add(listener);
    return () => added.delete(listener);
  }

  protected emit<K extends keyof M>(event: K, ...args: M[K]): void {
    for (const listener of [...(this.listeners[event] ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        this.fault(error);
      }
    }
  }
}
