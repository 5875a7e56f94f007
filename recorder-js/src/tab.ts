// What this tab keeps of its session, over reloads and pages: in sessionStorage, so that it ends with the tab.

const KEY = 'ridealong';

export interface Tab {
  /** Of this tab; one that was made from it has the same until it has a place of its own. */
  name?: string;
  /** Of all the tabs of this session in this browser. */
  group?: string;
  /** One use. */
  handoff?: string;
  /** base64url of K; empty when the customer came by a join code. */
  key?: string;
  /** Without K: base64url of the key for each leg that the customer said yes to. */
  keys?: Record<string, string>;
  /** The customer agreed to a recording, on the page that asked them; empty when they took that back. */
  record?: string;
  resume?: string;
  /** The customer's pause outlasts the page. */
  paused?: boolean;
  /** No worker could be had here: it is not tried again, for a policy that forbids one reports each try. */
  alone?: boolean;
}

export class TabState {
  constructor(private tab: Tab) {}

  get value(): Readonly<Tab> {
    return this.tab;
  }

  /** Made once, as the group's is. */
  get name(): string {
    return this.named('name');
  }

  get group(): string {
    return this.named('group');
  }

  private named(what: 'name' | 'group'): string {
    const name = this.tab[what] ?? Math.random().toString(36).slice(2);
    if (!this.tab[what]) this.set({ [what]: name });
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
