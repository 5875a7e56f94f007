// In a tab that has a session: what the page says to its console, and what goes wrong in it, before the recorder is there. It stays in this
// page until telemetry takes it; when none does, it is forgotten.

export type Early = (() => Heard[]) | undefined;
/** An error's event, or a call of the console by name. */
export type Heard = readonly [at: number, what: Event | string, args?: unknown[]];

const MOST = 500;
/** Without a recorder for so long, ms, it is forgotten. */
const PATIENCE = 30_000;

/** Gives what takes it, once. */
export function hearEarly(): Early {
  const heard: Heard[] = [];
  const undos: (() => unknown)[] = [];
  const put = (...one: [Event | string, unknown[]?]) => heard.length < MOST && heard.push([performance.now(), ...one]);
  for (const name of ['error', 'unhandledrejection', 'securitypolicyviolation']) {
    const listen = (event: Event) => void put(event);
    addEventListener(name, listen, true);
    undos.push(() => removeEventListener(name, listen, true));
  }
  const all = console as unknown as Record<string, unknown>;
  for (const name of Object.keys(all)) {
    const original = all[name];
    if (typeof original !== 'function') continue;
    const ours = new Proxy(original, {
      apply(method, self, args) {
        put(name, args);
        return Reflect.apply(method as () => unknown, self, args);
      },
      get: (method, key) => (key === 'toString' ? method.toString.bind(method) : Reflect.get(method, key)),
    });
    if (Reflect.set(all, name, ours)) undos.push(() => all[name] === ours && Reflect.set(all, name, original));
  }
  const take = () => {
    for (const undo of undos.splice(0)) undo();
    return heard.splice(0);
  };
  setTimeout(take, PATIENCE);
  return take;
}
