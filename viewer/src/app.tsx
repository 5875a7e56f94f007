// The app: which page is shown for which path. The live view is a chunk of its own.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Gate } from './auth/gate.tsx';
import { Login } from './auth/login.tsx';
import { Setup } from './auth/setup.tsx';
import { Button } from './parts/button.tsx';
import { Callout } from './parts/callout.tsx';
import { Said } from './parts/say.tsx';
import { TipProvider } from './parts/tip.tsx';
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
          <Live session={at.session} />
        </Gate>
      );
    case 'unknown':
      return <Unknown />;
  }
}

type LivePage = ComponentType<{ session: string }>;

function Live({ session }: { session: string }) {
  const [View, setView] = useState<LivePage | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    import('./live/page.tsx').then(
      (chunk) => setView(() => chunk.LivePage),
      () => setFailed(true),
    );
  }, []);
  if (View) return <View session={session} />;
  return (
    <main class="centre" aria-busy={!failed}>
      {failed ? (
        <Callout
          tone="warn"
          icon="wifi"
          alert
          heading
          title="The live view did not load"
          actions={<Button onClick={() => location.reload()}>Reload</Button>}
        >
          The server may have been updated or cannot be reached.
        </Callout>
      ) : (
        <span class="unseen">Opening…</span>
      )}
    </main>
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
