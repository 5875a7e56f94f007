// /login: e-mail and password, or a one-time link whose token is in the fragment.

import { useEffect, useState } from 'preact/hooks';
import { problemFrom } from '../api/problem.ts';
import { Button } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { Field } from '../parts/field.tsx';
import { go } from '../shell/router.ts';
import { api, me, returnPath } from './account.ts';
import { AuthPage } from './page.tsx';

/** Takes the one-time token out of the address bar, so that it stays in no history. */
function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

type How = { email: string; password: string } | { token: string };

export function Login() {
  const [token] = useState(takeToken);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(token !== null);
  const [problem, setProblem] = useState<string | null>(null);

  const signIn = async (how: How) => {
    setBusy(true);
    setProblem(null);
    try {
      await api.login(how);
      me.value = undefined;
      go(returnPath(), { replace: true });
    } catch (thrown) {
      setProblem(sentence(thrown, 'token' in how));
      setBusy(false);
    }
  };

  useEffect(() => {
    if (token) void signIn({ token });
  }, []);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!busy) void signIn({ email: email.trim(), password });
  };

  return (
    <AuthPage title="Sign in" text="For support agents. Customers need no account.">
      {problem && (
        <Callout tone="bad" icon="warn" alert testid="login-problem">
          {problem}
        </Callout>
      )}
      <form class="form" onSubmit={submit} aria-busy={busy}>
        <Field
          label="E-mail"
          type="email"
          name="email"
          autocomplete="username"
          autofocus
          required
          value={email}
          onValue={setEmail}
        />
        <Field
          label="Password"
          type="password"
          name="password"
          autocomplete="current-password"
          required
          value={password}
          onValue={setPassword}
        />
        <Button type="submit" weight="primary" busy={busy} class="block" data-testid="sign-in">
          {busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </AuthPage>
  );
}

function sentence(thrown: unknown, byLink: boolean): string {
  const problem = problemFrom(thrown);
  if (problem.status !== 401 && problem.status !== 404) return problem.message;
  return byLink
    ? 'This sign-in link was used already or has expired. Ask for a new one, or sign in with your password.'
    : 'E-mail and password do not match an account.';
}
