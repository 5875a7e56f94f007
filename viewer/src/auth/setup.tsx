// /setup#<token>: the first administrator, by the one-time link that the server printed at its first start.

import { useState } from 'preact/hooks';
import { problemFrom } from '../api/problem.ts';
import { Button } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { Field } from '../parts/field.tsx';
import { go } from '../shell/router.ts';
import { api, me } from './account.ts';
import { AuthPage } from './page.tsx';

const SHORTEST = 12;

function takeToken(): string {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}

export function Setup() {
  const [token] = useState(takeToken);
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [short, setShort] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    if (password.length < SHORTEST) return setShort(`At least ${SHORTEST} characters.`);
    setShort(null);
    setProblem(null);
    setBusy(true);
    try {
      await api.setup({ token, email: email.trim(), name: name.trim(), password });
      me.value = undefined;
      go('/', { replace: true });
    } catch (thrown) {
      const why = problemFrom(thrown);
      setProblem(why.status === 401 || why.status === 404 ? USED : why.message);
      setBusy(false);
    }
  };

  if (!token) return <NoToken />;
  return (
    <AuthPage title="Set up Ridealong" text="This makes the first administrator of this server.">
      {problem && (
        <Callout tone="bad" icon="warn" alert testid="setup-problem">
          {problem}
        </Callout>
      )}
      <form class="form" onSubmit={submit} aria-busy={busy}>
        <Field
          label="Your name"
          name="name"
          autocomplete="name"
          autofocus
          required
          hint="Customers see it when you ask to look at their page."
          value={name}
          onValue={setName}
        />
        <Field
          label="E-mail"
          type="email"
          name="email"
          autocomplete="username"
          required
          value={email}
          onValue={setEmail}
        />
        <Field
          label="Password"
          type="password"
          name="password"
          autocomplete="new-password"
          required
          error={short}
          hint={short ? undefined : `At least ${SHORTEST} characters; a few words are good.`}
          value={password}
          onValue={setPassword}
        />
        <Button type="submit" weight="primary" busy={busy} class="block" data-testid="set-up">
          Create administrator
        </Button>
      </form>
    </AuthPage>
  );
}

const USED =
  'This set-up link was used already or is not this server’s. Sign in, or restart the server for a new link.';

function NoToken() {
  return (
    <AuthPage title="Set up Ridealong" text="Set-up needs the link that the server printed when it started.">
      <Callout icon="key">
        Look for <code>/setup#…</code> in the server’s output and open that link. Is an administrator there already?
      </Callout>
      <Button class="block" onClick={() => go('/login')}>
        Sign in
      </Button>
    </AuthPage>
  );
}
