// What this tab keeps of its session, over reloads and pages: in sessionStorage, so that it ends with the tab.

const KEY = 'ridealong';

export interface Tab {
  /** One use. */
  handoff?: string;
  /** base64url of K; empty when the customer came by a join code. */
  key?: string;
  resume?: string;
  session?: string;
}

export class TabState {
  constructor(private tab: Tab) {}

  get value(): Readonly<Tab> {
    return this.tab;
  }

  set(change: Partial<Tab>): void {
    this.tab = { ...this.tab, ...change };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.tab));
    } catch {
      // Without storage the session ends with this page.
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
