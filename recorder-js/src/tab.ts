// What this tab keeps of its session, over reloads and pages: in sessionStorage, so that it ends with the tab.

const KEY = 'ridealong';

export interface Tab {
  /** Of this tab's session; a duplicated tab has the same. */
  name?: string;
  /** One use. */
  handoff?: string;
  /** base64url of K; empty when the customer came by a join code. */
  key?: string;
  /** Without K: base64url of the key for each leg that the customer said yes to. */
  keys?: Record<string, string>;
  resume?: string;
  /** No worker could be had here: it is not tried again, for a policy that forbids one reports each try. */
  alone?: boolean;
}

export class TabState {
  constructor(private tab: Tab) {}

  get value(): Readonly<Tab> {
    return this.tab;
  }

  /** The session's name in this tab, made once. */
  name(): string {
    const name = this.tab.name ?? Math.random().toString(36).slice(2);
    this.set({ name });
    return name;
  }

  set(change: Partial<Tab>): void {
    this.tab = { ...this.tab, ...change };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.tab));
    } catch {
      // Without storage the session ends with this page.
    }
  }

  /** Another page of this tab may have had the session since. */
  reload(): void {
    try {
      this.tab = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? this.tab;
    } catch {
      // As above.
    }
  }

  clear(): void {
    this.tab = {};
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // As above.
    }
  }
}
