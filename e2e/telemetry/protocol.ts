// What Chromium's own DevTools protocol saw of a page: the truth that telemetry is held against.
import type { CDPSession, Page } from '@playwright/test';

export interface Asked {
  url: string;
  method: string;
  type: string;
  status: number;
  failed: string;
  /** Bytes that came, where that was told. */
  moved: number;
}

export class Protocol {
  readonly requests = new Map<string, Asked>();
  readonly sockets: string[] = [];
  /** Types of calls, and how many values each had. */
  readonly console: { type: string; values: number }[] = [];
  readonly exceptions: string[] = [];

  private constructor(private readonly session: CDPSession) {}

  /** `ours`: addresses that are not the page's. */
  static async of(page: Page, ours: (url: string) => boolean): Promise<Protocol> {
    const session = await page.context().newCDPSession(page);
    const seen = new Protocol(session);
    session.on('Network.requestWillBeSent', ({ requestId, request, type, redirectResponse }) => {
      if (ours(request.url) || /^(?:data|blob):/.test(request.url)) return;
      // A redirect goes on by the same id: one request of the page's.
      if (redirectResponse) return;
      const { url, method } = request;
      seen.requests.set(requestId, { url, method, type: type ?? '', status: 0, failed: '', moved: 0 });
    });
    session.on('Network.responseReceived', ({ requestId, response }) => {
      const one = seen.requests.get(requestId);
      if (one) one.status = response.status;
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const one = seen.requests.get(requestId);
      if (one) one.moved = encodedDataLength;
    });
    session.on('Network.loadingFailed', ({ requestId, errorText }) => {
      const one = seen.requests.get(requestId);
      if (one) one.failed = errorText;
    });
    session.on('Network.webSocketCreated', ({ url }) => ours(url) || seen.sockets.push(url));
    session.on('Runtime.consoleAPICalled', ({ type, args }) => seen.console.push({ type, values: args.length }));
    session.on('Runtime.exceptionThrown', ({ exceptionDetails }) => {
      seen.exceptions.push(exceptionDetails.exception?.description ?? exceptionDetails.text);
    });
    await session.send('Network.enable');
    await session.send('Runtime.enable');
    return seen;
  }

  /** From here on. */
  clear(): void {
    this.requests.clear();
    this.sockets.length = this.console.length = this.exceptions.length = 0;
  }

  close(): Promise<void> {
    return this.session.detach();
  }
}
