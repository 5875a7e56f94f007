// How one more tab comes into the session: it asks, and a tab that has the session answers, over a channel of the origin.
//
// Guarantees: what opens the session is kept nowhere but in the storage of the two; of many tabs one answers; a tab whose storage was
// copied is answered by the one it was copied from, or goes on with what it has when that one was the page before it.

import { type Family, hold, open, type Place } from './siblings.ts';
import { type Tab, TabState } from './tab.ts';

/** Whoever answers keeps others from answering for so long, and whoever asked waits no longer, ms. */
const PATIENCE = 3000;

/** Asks the tabs of the session for a way in. With a name only the tab of that name answers: ours is a copy of it. */
function ask(signal: AbortSignal, name?: string): Promise<Tab | undefined> {
  return new Promise((resolve) => {
    const channel = open();
    const id = Math.random().toString(36).slice(2);
    signal.addEventListener('abort', () => {
      channel.close();
      resolve(undefined);
    });
    channel.onmessage = ({ data }) => data?.give === id && resolve(data.tab);
    channel.postMessage({ ask: id, name });
  });
}

/** `state` is held by another document: the page before this one, which still goes, or the tab that this one was made from. */
export async function come(state: TabState | undefined): Promise<Place | undefined> {
  const patience = new AbortController();
  setTimeout(() => patience.abort(), PATIENCE);
  const waiting = state ? hold(state.name, patience.signal) : new Promise<undefined>(() => undefined);
  const first = await Promise.race([waiting, ask(patience.signal, state?.name)]);
  patience.abort();
  if (state && typeof first === 'function') return { state, release: first };
  void waiting.then((late) => late?.());
  if (!first || typeof first === 'function') return undefined;
  const given = new TabState(first);
  const release = await hold(given.name);
  return release && { state: given, release };
}

/** Others that hear the question, however late, find that somebody answers. */
export async function answer(
  channel: BroadcastChannel,
  tab: TabState,
  family: Family,
  id: unknown,
  name: unknown = tab.name,
): Promise<void> {
  if (typeof id !== 'string' || name !== tab.name) return;
  const release = await hold(id);
  if (!release) return;
  setTimeout(release, PATIENCE);
  const handoff = await family.newTab();
  const { key, keys, record, paused, group } = tab.value;
  channel.postMessage({ give: id, tab: handoff && { handoff, key, keys, record, paused, group } });
}
