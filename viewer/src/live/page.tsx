// /s/:id: the live view. The stage is built once and stays; screens, notices and panels come and go around it.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { problemFrom } from '../api/problem.ts';
import { me } from '../auth/account.ts';
import { copy } from '../parts/copy.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { say } from '../parts/say.tsx';
import { customerLink } from '../sessions/link.ts';
import { secrets } from '../sessions/secret.ts';
import { go } from '../shell/router.ts';
import { useTitle } from '../shell/title.ts';
import { Dock } from '../telemetry/dock.tsx';
import { DockState, PANELS, type PanelName } from '../telemetry/dock-state.ts';
import { exposeForTest } from './debug.ts';
import { customer } from './facts.ts';
import { Help } from './help.tsx';
import { LookingBack } from './looking-back.tsx';
import './live.css';
import { Notices } from './notices.tsx';
import { OVER, stageOf } from './screen.ts';
import { ScreenOver } from './screens.tsx';
import { ShareDialog } from './share.tsx';
import { type Action, useShortcuts } from './shortcuts.ts';
import { sentenceOf, titleOf } from './spoken.ts';
import { StageHost } from './stage-host.tsx';
import { LiveStore } from './store.ts';
import { nextTab, TabStrip } from './tab-strip.tsx';
import { TopBar } from './top-bar.tsx';

type Sheet = 'help' | 'share' | 'end' | null;

export function LivePage({ session }: { session: string }) {
  const store = useMemo(() => new LiveStore(session), [session]);
  useEffect(() => {
    const hide = exposeForTest(store);
    return () => {
      hide();
      store.close();
    };
  }, [store]);
  return <Live store={store} />;
}

function Live({ store }: { store: LiveStore }) {
  const facts = store.facts.value;
  const screen = store.screen.value;
  const over = OVER.has(screen.kind);
  const [sheet, setSheet] = useState<Sheet>(null);
  const [fit, setFit] = useState(true);
  const [stats, setStats] = useState(false);
  const dock = useMemo(() => new DockState(), []);
  const account = me.value?.account;
  const mayEnd = facts.session?.owner.id === account?.id || account?.role === 'admin';
  const pending = customer(facts) === undefined && facts.session?.state === 'pending';
  useTitle(titleOf(facts, screen));

  const leave = () => (mayEnd ? setSheet('end') : go('/'));
  const actions: Record<Action, () => void> = {
    help: () => setSheet('help'),
    full: () => void fullScreen(),
    fit: () => setFit(!fit),
    copy: () => copyLink(store.session, pending),
    invite: () => setSheet('share'),
    stats: () => setStats(!stats),
    tab: () => facts.tabs.length > 1 && store.show(nextTab(facts)),
    follow: () => store.show(null),
    live: () => facts.past && store.lookBack(null),
    end: leave,
    filter: () => document.querySelector<HTMLElement>('[data-testid=panel-filter]')?.focus(),
    ...(Object.fromEntries(PANELS.map((name) => [name, () => dock.toggle(name)])) as Record<PanelName, () => void>),
  };
  const run = (action: Action) => {
    if (over && action !== 'help') return;
    actions[action]();
  };
  useShortcuts(run);

  return (
    <div class="live" data-testid="live" data-screen={screen.kind}>
      <TopBar
        store={store}
        screen={screen}
        fit={fit}
        statsOpen={stats}
        openStats={setStats}
        mayEnd={mayEnd}
        run={run}
      />
      {!over && <TabStrip facts={facts} show={(tab) => store.show(tab)} />}
      <Notices store={store} screen={screen} end={leave} mayEnd={mayEnd} />
      <main class="live-main">
        <div class="live-stage">
          <StageHost
            attach={(host) => store.attach(host)}
            viewport={(facts.past?.kept && facts.past.viewport) || facts.viewport}
            fit={fit}
            standing={stageOf(screen)}
            title={facts.page?.title ?? ''}
          />
          {facts.past && !over && <LookingBack store={store} past={facts.past} />}
          <ScreenOver store={store} screen={screen} end={leave} />
        </div>
        {!over && <Dock telemetry={store.telemetry} dock={dock} facts={facts} />}
      </main>
      <div class="unseen" role="status" aria-live="polite">
        {sentenceOf(screen)}
      </div>
      <Help open={sheet === 'help'} onClose={() => setSheet(null)} />
      <ShareDialog
        session={store.session}
        open={sheet === 'share' && !over}
        onClose={() => setSheet(null)}
        pending={pending}
      />
      <EndDialog
        store={store}
        open={sheet === 'end' && !over}
        onClose={() => setSheet(null)}
        came={customer(facts) !== undefined}
      />
    </div>
  );
}

function EndDialog(props: { store: LiveStore; open: boolean; onClose: () => void; came: boolean }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await props.store.end();
      props.onClose();
    } catch (thrown) {
      setProblem(problemFrom(thrown).message);
    }
    setBusy(false);
  };
  const text = props.came
    ? 'The customer’s page stops being shared at once, for everybody. The link cannot be used again.'
    : 'The link and the code stop working at once. Nobody has used them yet.';
  return (
    <Confirm
      open={props.open}
      onClose={props.onClose}
      title="End this session?"
      text={
        <>
          {text}
          {problem && (
            <span class="field-error" role="alert">
              {problem}
            </span>
          )}
        </>
      }
      action="End session"
      busy={busy}
      onConfirm={confirm}
      testid="end-confirm"
    />
  );
}

/** C copies what is useful now: the customer's link while nobody used it. */
function copyLink(session: string, pending: boolean): void {
  const secret = secrets.of(session);
  if (!pending) say('The customer’s link was used; it opens nothing more. I invites a colleague.');
  else if (secret) void copy(customerLink(secret), 'link');
  else say('This tab has no key, so it cannot show the link.');
}

async function fullScreen(): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    say('The browser did not allow full screen.');
  }
}
