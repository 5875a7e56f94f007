// A page beside its own scripts: reads it in a world with a platform of its own, and acts in the page's world without what a driver
// puts there, because a page may have broken all of it.
import type { CDPSession, Page } from '@playwright/test';

interface Answer<T> {
  result: { value: T };
  exceptionDetails?: { text: string; exception?: { description?: string } };
}

export class Realm {
  private frame = '';

  private constructor(private readonly client: CDPSession) {}

  static async of(page: Page): Promise<Realm> {
    const client = await page.context().newCDPSession(page);
    const realm = new Realm(client);
    const { frameTree } = await client.send('Page.getFrameTree');
    realm.frame = frameTree.frame.id;
    return realm;
  }

  /** Runs a function in a world of our own over the page's document. */
  async evaluate<A, R>(run: (options: A) => R, options: A): Promise<R> {
    const world = await this.client.send('Page.createIsolatedWorld', { frameId: this.frame, worldName: 'test' });
    const expression = `(${run})(${JSON.stringify(options)})`;
    return this.answer<R>({ expression, contextId: world.executionContextId });
  }

  /** Runs an expression in the page's own world. */
  main<T>(expression: string): Promise<T> {
    return this.answer<T>({ expression, userGesture: true });
  }

  private async answer<T>(what: { expression: string; contextId?: number; userGesture?: boolean }): Promise<T> {
    const parameters = { ...what, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = (await this.client.send('Runtime.evaluate', parameters)) as Answer<T>;
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
}
