// The customer's tabs, when there is more than one: which one is shown, where the customer is, and whether the view goes with them.

import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { shortUrl } from '../sessions/words.ts';
import type { CustomerTab, Facts } from './facts.ts';
import { choose } from './tabs.ts';

export type TabState = 'here' | 'open' | 'away';

const WORDS: Record<TabState, string> = {
  here: 'The customer is here',
  open: 'In the background',
  away: 'Closed, or opening a page',
};

/** The title, or what stands in for one; the texts are the customer's. */
export function tabTitle({ card, page }: CustomerTab, n: number): string {
  const { title = '', url = '' } = card ?? page ?? {};
  return title.trim() || (url ? shortUrl(url) : `Tab ${n}`);
}

export function tabState(facts: Facts, tab: CustomerTab): TabState {
  const person = facts.participants.find((one) => one.leg === tab.leg);
  if (person && !person.here) return 'away';
  return tab.visible && choose(facts.tabs, null, false) === tab.leg ? 'here' : 'open';
}

/** The tab after the one that is shown. */
export function nextTab({ tabs, shown }: Facts): number | null {
  const at = tabs.findIndex((tab) => tab.leg === shown);
  return tabs[(at + 1) % tabs.length]?.leg ?? null;
}

export function TabStrip({ facts, show }: { facts: Facts; show: (tab: number | null) => void }) {
  const list = useRef<HTMLUListElement>(null);
  const { tabs, shown, pinned } = facts;
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown]);
  if (tabs.length < 2) return null;
  return (
    <nav class="tabs" aria-label="The customer’s tabs" data-testid="tabs">
      <ul class="tabs-list" ref={list}>
        {tabs.map((tab, i) => {
          const state = tabState(facts, tab);
          const title = tabTitle(tab, i + 1);
          return (
            <li key={tab.leg}>
              <button
                type="button"
                class={`tab ${state}`}
                aria-current={tab.leg === shown ? 'true' : undefined}
                title={`${title}\n${WORDS[state]}`}
                onClick={() => show(tab.leg)}
                data-testid="tab"
                data-state={state}
              >
                <span class="tab-mark" aria-hidden="true" />
                <span class="tab-title">{title}</span>
                <span class="unseen">, {WORDS[state]}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <Button
        weight={pinned ? 'primary' : 'quiet'}
        class="tabs-follow"
        icon={pinned ? 'arrow' : 'check'}
        aria-pressed={!pinned}
        title={pinned ? 'Go where the customer is, and on with them' : 'The view goes where the customer goes'}
        onClick={() => show(pinned ? null : shown)}
        data-testid="follow"
      >
        {pinned ? 'Follow' : 'Following'}
      </Button>
    </nav>
  );
}
