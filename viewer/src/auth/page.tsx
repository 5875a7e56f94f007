// The page around sign-in and set-up: the mark, a heading, one form.

import type { ComponentChildren } from 'preact';
import { Logo } from '../parts/logo.tsx';
import { useTitle } from '../shell/title.ts';

export function AuthPage({ title, text, children }: { title: string; text: string; children: ComponentChildren }) {
  useTitle(title);
  return (
    <main class="auth">
      <div class="auth-card">
        <div class="auth-brand">
          <Logo size={28} />
          <span>Ridealong</span>
        </div>
        <h1>{title}</h1>
        <p class="auth-text">{text}</p>
        {children}
      </div>
    </main>
  );
}
