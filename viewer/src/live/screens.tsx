// What stands over or instead of the picture. Every screen says what is, and what the agent can do.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Session } from '../api/types.ts';
import { toLogin } from '../auth/account.ts';
import { Button } from '../parts/button.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { secrets } from '../sessions/secret.ts';
import { clock, shortUrl, timeOfDay } from '../sessions/words.ts';
import { go } from '../shell/router.ts';
import type { Screen } from './screen.ts';
import { Code, ShareLink, ShareQr } from './share.tsx';
import type { LiveStore } from './store.ts';

interface ScreensProps {
  store: LiveStore;
  screen: Screen;
  end: () => void;
}

export function ScreenOver({ store, screen, end }: ScreensProps) {
  const session = store.facts.value.session;
  switch (screen.kind) {
    case 'live':
      return null;
    case 'loading':
      return <Busy kind="loading" title="Opening the session…" />;
    case 'waiting':
      return session && <Waiting session={session} />;
    case 'opening':
      return (
        <Busy kind="opening" title="The customer is opening the page…">
          They allowed it and were sent to {session && <strong>{shortUrl(session.page)}</strong>}. Their page appears
          here as soon as it has loaded.
        </Busy>
      );
    case 'linking':
      return (
        <Busy kind="linking" title="Connecting to the customer…">
          Both browsers are proving to each other that nobody stands in between. The first picture follows.
        </Busy>
      );
    case 'navigating':
      return <Navigating since={screen.since} long={screen.long} now={store.now.value} />;
    case 'lost':
      return <Lost side={screen.side} since={screen.since} now={store.now.value} />;
    case 'no-key':
      return <NoKey code={screen.code} goOn={() => store.withoutKey()} />;
    case 'compare':
      return <Compare digits={screen.digits} end={end} />;
    default:
      return <Standing store={store} screen={screen} end={end} />;
  }
}

/** The screens that wait for nobody. */
function Standing({ store, screen, end }: ScreensProps) {
  switch (screen.kind) {
    case 'paused':
      return (
        <Panel kind="paused" icon="pause" title="Paused by the customer">
          Nothing of their page is shown until they go on. You need to do nothing.
        </Panel>
      );
    case 'left':
      return (
        <Panel
          kind="left"
          icon="out"
          title={screen.reason === 'fault' ? 'Sharing stopped by itself' : 'The customer stopped sharing'}
          actions={<Button onClick={end}>End the session</Button>}
        >
          {screen.reason === 'fault'
            ? 'The recorder in the customer’s page met errors and took itself out, so as not to disturb the page. The customer can reload the page to go on.'
            : 'Nothing more comes from their page. If that was not meant, ask them to reload the page or make a new session.'}
        </Panel>
      );
    case 'tampered':
      return <Tampered seen={store.facts.value.picture !== null} at={store.facts.value.ended?.at ?? 0} />;
    case 'ended':
      return <Ended reason={screen.reason} at={screen.at} session={store.facts.value.session} />;
    case 'superseded':
      return (
        <Panel
          kind="superseded"
          icon="people"
          title="You opened this session somewhere else"
          actions={<Button onClick={() => location.reload()}>Use it here</Button>}
        >
          It goes on in the other tab or window; here it has stopped.
        </Panel>
      );
    case 'signed-out':
      return (
        <Panel
          kind="signed-out"
          icon="key"
          title="You are signed out"
          actions={
            <Button weight="primary" onClick={toLogin}>
              Sign in and come back
            </Button>
          }
        >
          The session itself goes on. Sign in again and you are back in it.
        </Panel>
      );
    case 'missing':
      return (
        <Panel kind="missing" icon="info" title="There is no such session" actions={<ToSessions />}>
          The address may be cut off, or the session belongs to a project that is not yours.
        </Panel>
      );
    case 'refused':
      return (
        <Panel
          kind="refused"
          icon="warn"
          title="The server closed the connection"
          actions={<Button onClick={() => location.reload()}>Reload</Button>}
        >
          {screen.message}
        </Panel>
      );
    case 'problem':
      return (
        <Panel
          kind="problem"
          icon="wifi"
          title="The session did not open"
          actions={<Button onClick={() => store.retry()}>Try again</Button>}
        >
          {screen.problem.message}
        </Panel>
      );
    default:
      return null;
  }
}

interface PanelProps {
  kind: Screen['kind'];
  icon: IconName;
  title: string;
  tone?: 'bad';
  actions?: ComponentChildren;
  children: ComponentChildren;
}

function Panel({ kind, icon, title, tone, actions, children }: PanelProps) {
  return (
    <section class={`screen ${tone ?? ''}`} data-testid={`screen-${kind}`} aria-label={title}>
      <div class="screen-card">
        <span class="screen-icon">
          <Icon name={icon} size={20} />
        </span>
        <h2>{title}</h2>
        <div class="screen-text">{children}</div>
        {actions && <div class="screen-actions">{actions}</div>}
      </div>
    </section>
  );
}

function Busy({ kind, title, children }: { kind: Screen['kind']; title: string; children?: ComponentChildren }) {
  return (
    <section class="screen" data-testid={`screen-${kind}`} aria-label={title} aria-busy="true">
      <div class="screen-card">
        <span class="ride" aria-hidden="true">
          <i />
          <i />
        </span>
        <h2>{title}</h2>
        {children && <div class="screen-text">{children}</div>}
      </div>
    </section>
  );
}

function Waiting({ session }: { session: Session }) {
  const secret = secrets.of(session.id);
  const box = useRef<HTMLElement>(null);
  // The link is what the agent came for: Enter copies it.
  useEffect(() => box.current?.querySelector<HTMLElement>('[data-testid=copy-link]')?.focus(), []);
  return (
    <section class="screen waiting" data-testid="screen-waiting" aria-labelledby="waiting-title" ref={box}>
      <div class="waiting-card">
        <div class="waiting-main">
          <h2 id="waiting-title">Send this link to your customer</h2>
          {secret && <ShareLink secret={secret} />}
          <h3>On the phone? Read out the code</h3>
          <Code session={session.id} />
          <ol class="steps">
            <li>They open the link and see who asks, and for what.</li>
            <li>
              They allow it and come to <strong>{shortUrl(session.page)}</strong>.
            </li>
            <li>Their page appears here.</li>
          </ol>
          <p class="waiting-now">
            <span class="pulse" aria-hidden="true" /> Waiting for the customer
            <span class="dim"> · the link works once, until {timeOfDay(Date.parse(session.expiresAt))}</span>
          </p>
        </div>
        {secret && <ShareQr secret={secret} />}
      </div>
    </section>
  );
}

function Navigating({ since, long, now }: { since: number; long: boolean; now: number }) {
  return (
    <div class="over" data-testid="screen-navigating">
      <span class="ride small" aria-hidden="true">
        <i />
        <i />
      </span>
      <div>
        <strong>The customer is opening the next page…</strong>
        <span>
          {long
            ? `For ${clock(now - since)}. They may be on a page without Ridealong; the picture comes back when they return.`
            : 'This is the last picture of the page before.'}
        </span>
      </div>
    </div>
  );
}

function Lost({ side, since, now }: { side: 'customer' | 'server'; since: number; now: number }) {
  return (
    <div class="over warn" data-testid="screen-lost" data-side={side}>
      <Icon name="wifi" size={18} />
      <div>
        <strong>{side === 'server' ? 'Lost contact with the server' : 'Lost contact with the customer'}</strong>
        <span>
          Since {timeOfDay(since)} ({clock(now - since)}). Reconnecting by itself; what you see may be out of date.
        </span>
      </div>
    </div>
  );
}

function NoKey({ code, goOn }: { code: boolean; goOn: () => void }) {
  return (
    <Panel
      kind="no-key"
      icon="key"
      title="This tab has no key for the session"
      actions={
        <>
          <Button weight="primary" onClick={goOn} data-testid="go-on">
            Go on with a six-digit number
          </Button>
          <ToSessions />
        </>
      }
    >
      <p>
        The page is encrypted for those who have the key. The server does not have it; it is in the tab in which the
        session was created.
      </p>
      <ul>
        <li>
          <strong>Ask for the invite link.</strong> Whoever has the session open finds it under Share.
        </li>
        <li>
          <strong>The customer {code ? 'comes' : 'came'} by join code?</strong> Go on without the key: you both compare
          a six-digit number instead.
        </li>
      </ul>
    </Panel>
  );
}

function Compare({ digits, end }: { digits: string; end: () => void }) {
  return (
    <section class="screen" data-testid="screen-compare" aria-labelledby="compare-title">
      <div class="screen-card">
        <h2 id="compare-title">Read this number to the customer</h2>
        <output class="digits" data-testid="digits" aria-label={digits.split('').join(' ')}>
          <span>{digits.slice(0, 3)}</span>
          <span>{digits.slice(3)}</span>
        </output>
        <div class="screen-text">
          They must see the same number on their screen before they press “The same”. Then nobody stands in between. Do
          not send it in writing through a third service: say it.
        </div>
        <div class="screen-actions">
          <Button weight="danger" onClick={end}>
            The numbers differ
          </Button>
        </div>
      </div>
    </section>
  );
}

function Tampered({ seen, at }: { seen: boolean; at: number }) {
  return (
    <section class="screen bad" role="alert" data-testid="screen-tampered" aria-labelledby="tampered-title">
      <div class="screen-card">
        <span class="screen-icon">
          <Icon name="shield" size={20} />
        </span>
        <h2 id="tampered-title">Stopped: somebody tampered with the connection</h2>
        <div class="screen-text">
          <p>
            The two browsers could not prove to each other that they are connected directly. Somebody or something
            between you and the customer changed the connection.{' '}
            {seen ? 'The picture was taken away' : 'Nothing of the page was shown'}, and the session has ended for both.
          </p>
          <ul>
            <li>Do not repeat it over the same network. Change it on both sides, a phone’s hotspot for example.</li>
            <li>Make a new session with a new link; this one stays closed.</li>
            <li>Tell whoever runs this server, with the time: {timeOfDay(at)}.</li>
          </ul>
        </div>
        <div class="screen-actions">
          <ToSessions />
        </div>
      </div>
    </section>
  );
}

function Ended({ reason, at, session }: { reason: string; at: number; session: Session | null }) {
  const lasted = session ? at - Date.parse(session.createdAt) : 0;
  const used = session?.participants.some((one) => one.role === 'customer') ?? false;
  return (
    <Panel
      kind="ended"
      icon="stop"
      title={reason === 'expired' && !used ? 'The link was not used in time' : 'The session has ended'}
      actions={<ToSessions primary />}
    >
      {ENDINGS[reason] ?? 'It is over for everybody.'}
      <p class="dim">
        {timeOfDay(at)}
        {used && lasted > 0 && ` · after ${clock(lasted)}`}
      </p>
    </Panel>
  );
}

const ENDINGS: Record<string, string> = {
  customer: 'The customer stopped it. Their page is not shared any more.',
  agent: 'It was ended from the agents’ side. The customer’s page is not shared any more, and the link opens nothing.',
  expired: 'Its time ran out. The link and the code open nothing any more.',
};

function ToSessions({ primary }: { primary?: boolean }) {
  return (
    <Button weight={primary ? 'primary' : 'plain'} onClick={() => go('/')}>
      To the sessions
    </Button>
  );
}
