// The app: which page is shown for which path. The live view, the recordings and the player are chunks of their own.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Gate } from './auth/gate.tsx';
import { Login } from './auth/login.tsx';
import { Setup } from './auth/setup.tsx';
import { Button } from './parts/button.tsx';
import { Callout } from './parts/callout.tsx';
import { Said } from './parts/say.tsx';
import { TipProvider } from './parts/tip.tsx';
import { takeMoment } from './recordings/secret.ts';
import { SessionsPage } from './sessions/page.tsx';
import { Frame } from './shell/frame.tsx';
import { go, route } from './shell/router.ts';
import { useTitle } from './shell/title.ts';

export function App() {
  return (
    <TipProvider delay={400}>
      <Page />
      <Said />
    </TipProvider>
  );
}

function Page() {
  const at = route.value;
  switch (at.name) {
    case 'login':
      return <Login />;
    case 'setup':
      return <Setup />;
    case 'sessions':
      return (
        <Gate key="sessions">
          <Frame>
            <SessionsPage />
          </Frame>
        </Gate>
      );
    case 'live':
      return (
        <Gate key={at.session}>
          <Loaded load={live} of={{ session: at.session }} what="live view" />
        </Gate>
      );
    case 'recordings':
      return (
        <Gate key="recordings">
          <Frame>
            <Loaded load={list} of={{}} what="list of recordings" />
          </Frame>
        </Gate>
      );
    case 'moment':
      takeMoment();
      return (
        <Gate key="moment">
          <Loaded load={moment} of={{}} what="moment" />
        </Gate>
      );
    case 'recording':
      return (
        <Gate key={at.recording}>
          <Loaded load={player} of={{ recording: at.recording }} what="player" />
        </Gate>
      );
    case 'unknown':
      return <Unknown />;
  }
}

const live = () => import('./live/page.tsx').then((chunk) => chunk.LivePage);
const list = () => import('./recordings/list-page.tsx').then((chunk) => chunk.RecordingsPage);
const moment = () => import('./recordings/moment-page.tsx').then((chunk) => chunk.MomentPage);
const player = () => import('./replay/player-page.tsx').then((chunk) => chunk.PlayerPage);

interface LoadedProps<P extends object> {
  load: () => Promise<ComponentType<P>>;
  of: P;
  what: string;
}

/** A page that is a chunk of its own. */
function Loaded<P extends object>({ load, of, what }: LoadedProps<P>) {
  const [View, setView] = useState<ComponentType<P> | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (page) => setView(() => page),
      () => setFailed(true),
    );
  }, []);
  if (View) return <View {...of} />;
  return (
    <div class="centre" aria-busy={!failed}>
      {failed ? (
        <Callout
          tone="warn"
          icon="wifi"
          alert
          heading
          title={`The ${what} did not load`}
          actions={<Button onClick={() => location.reload()}>Reload</Button>}
        >
          The server may have been updated or cannot be reached.
        </Callout>
      ) : (
        <span class="unseen">Opening…</span>
      )}
    </div>
  );
}

function Unknown() {
  useTitle('Not found');
  return (
    <main class="centre">
      <Callout heading title="There is no such page" actions={<Button onClick={() => go('/')}>To the sessions</Button>}>
        The address may be cut off or mistyped.
      </Callout>
    </main>
  );
}
