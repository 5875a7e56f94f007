// What the agent's browser has: what the app gives to its stage, the pictures and fonts there, every document, and what is stored.
import type { BrowserContext, Frame } from '@playwright/test';
import type { Agent } from '../people.ts';
import type { Evidence } from './canary.ts';

/** Before the app's and the stage's own scripts: tells what goes over ports, and what becomes an address. */
const listen = () => {
  const tell: (where: string, base64: string) => void = Reflect.get(globalThis, 'tellShown');
  const told = (where: string, bytes: Uint8Array) =>
    tell(where, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')));
  const blob = async (where: string, content: Blob) => {
    told(`${where} ${content.type}`, new Uint8Array(await content.arrayBuffer()));
  };
  const { postMessage } = MessagePort.prototype as {
    postMessage: (this: MessagePort, message: unknown, transfer?: unknown) => void;
  };
  const hear = (message: unknown) => {
    const fields: Record<string, unknown> = Object(message);
    // What comes while the stage is at work goes over as one.
    if (Array.isArray(fields.messages)) return fields.messages.forEach(hear);
    for (const value of Object.values(fields)) {
      if (value instanceof Blob) blob(`port: ${fields.type}`, value);
      if (value instanceof ArrayBuffer) told(`port: ${fields.type}`, new Uint8Array(value));
    }
    told(`port: ${fields.type}`, new TextEncoder().encode(JSON.stringify(message)));
  };
  MessagePort.prototype.postMessage = function (this: MessagePort, message: unknown, transfer?: unknown) {
    hear(message);
    postMessage.call(this, message, transfer);
  };
  const make = URL.createObjectURL;
  URL.createObjectURL = (content) => {
    if (content instanceof Blob) blob('address', content);
    return make.call(URL, content);
  };
};

export class Shown {
  private readonly told: Evidence[] = [];

  /** Listens in every page and frame of an agent. */
  static async to(context: BrowserContext): Promise<Shown> {
    const shown = new Shown();
    await context.exposeBinding('tellShown', (_, where: string, base64: string) => {
      shown.told.push({ where: `stage: ${where}`, text: Buffer.from(base64, 'base64').toString('latin1') });
    });
    await context.addInitScript(listen);
    return shown;
  }

  /** What was told so far, and what stands there now. */
  async evidence(agent: Agent): Promise<Evidence[]> {
    const documents = agent.page.frames().map(async (frame) => {
      const text = await frame.evaluate(read).catch(() => '');
      return { where: `stage: document ${nameOf(frame)}`, text };
    });
    const form = { where: 'stage: canonical form', text: await agent.serialize() };
    return [...this.told, ...(await Promise.all(documents)), form];
  }
}

const nameOf = (frame: Frame): string => (frame.parentFrame() ? 'in a frame' : 'of the app');

/** A whole document: markup, text, sheets, shadow roots, addresses; runs in the page. */
function read(): string {
  const parts: string[] = [location.href, document.title];
  const sheets = (root: Document | ShadowRoot) => {
    for (const sheet of [...root.styleSheets, ...root.adoptedStyleSheets])
      parts.push(sheet.media.mediaText, ...[...sheet.cssRules].map((rule) => rule.cssText));
  };
  const walk = (root: Document | ShadowRoot) => {
    sheets(root);
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) {
        parts.push(element.shadowRoot.innerHTML, element.shadowRoot.textContent ?? '');
        walk(element.shadowRoot);
      }
      if ('value' in element) parts.push(String(element.value));
    }
  };
  walk(document);
  parts.push(document.documentElement.outerHTML, document.documentElement.textContent ?? '');
  return parts.join('\n');
}

/** All that a context's pages have stored; with a canary of the test's own in each kind, to be found. */
export async function stored(agent: Agent, planted: string): Promise<Evidence[]> {
  const kinds = await agent.page.evaluate(async (text) => {
    localStorage.setItem('planted', text);
    sessionStorage.setItem('planted', text);
    await (await caches.open('planted')).put('/planted', new Response(text));
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open('planted');
      opening.onerror = reject;
      opening.onupgradeneeded = () => opening.result.createObjectStore('planted').put(text, 1);
      opening.onsuccess = () => resolve(opening.result.close());
    });
    const cached: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys())
        cached.push(name, request.url, (await (await cache.match(request))?.text()) ?? '');
    }
    const rows: string[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      rows.push(name);
      await new Promise<void>((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => {
          const stores = [...opening.result.objectStoreNames];
          if (stores.length === 0) return resolve();
          const reading = opening.result.transaction(stores);
          for (const store of stores) {
            const all = reading.objectStore(store).getAll();
            all.onsuccess = () => rows.push(store, JSON.stringify(all.result));
          }
          reading.oncomplete = () => resolve();
        };
      });
    }
    return {
      localStorage: JSON.stringify(localStorage),
      sessionStorage: JSON.stringify(sessionStorage),
      caches: cached.join('\n'),
      indexedDB: rows.join('\n'),
      history: JSON.stringify(history.state),
    };
  }, planted);
  const cookies = { where: 'storage: cookies', text: JSON.stringify(await agent.context.cookies()) };
  return [...Object.entries(kinds).map(([kind, text]) => ({ where: `storage: ${kind}`, text })), cookies];
}
