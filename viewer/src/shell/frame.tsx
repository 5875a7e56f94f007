// The frame of the pages that are not a live view: header with the mark, the account, the theme; the main landmark.

import { Menu } from '@base-ui/react/menu';
import type { ComponentChildren } from 'preact';
import { me, signOut } from '../auth/account.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Logo } from '../parts/logo.tsx';
import { say } from '../parts/say.tsx';
import { THEMES, type Theme, theme } from '../theme/theme.ts';
import { route, stay } from './router.ts';

export function Frame({ children }: { children: ComponentChildren }) {
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="header">
        <a class="brand" href="/" onClick={stay} aria-label="Ridealong">
          <Logo />
          <span>Ridealong</span>
        </a>
        <nav class="header-nav" aria-label="Main">
          {PLACES.map(([name, path, word]) => (
            <a key={name} href={path} onClick={stay} aria-current={route.value.name === name ? 'page' : undefined}>
              {word}
            </a>
          ))}
        </nav>
        <AccountMenu />
      </header>
      <main id="main" class="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

const PLACES = [
  ['sessions', '/', 'Sessions'],
  ['recordings', '/recordings', 'Recordings'],
] as const;

const THEME_WORDS: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };

export function AccountMenu() {
  const account = me.value?.account;
  const leave = () => signOut().catch(() => say('Signing out did not work. Try again.'));
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger
        render={
          <Button weight="quiet" class="account" data-testid="account">
            <Avatar name={account?.name ?? '?'} />
            <span class="account-name">{account?.name}</span>
            <Icon name="down" size={12} />
          </Button>
        }
      />
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" collisionPadding={8} className="layer-menu">
          <Menu.Popup className="menu">
            <div class="menu-head">
              <strong>{account?.name}</strong>
              <span>{account?.email}</span>
            </div>
            <Menu.RadioGroup value={theme.value} onValueChange={(chosen: Theme) => (theme.value = chosen)}>
              <Menu.GroupLabel className="menu-label">Appearance</Menu.GroupLabel>
              {THEMES.map((one) => (
                <Menu.RadioItem key={one} value={one} className="menu-item" closeOnClick={false}>
                  <Menu.RadioItemIndicator className="menu-tick" keepMounted>
                    <Icon name="check" />
                  </Menu.RadioItemIndicator>
                  {THEME_WORDS[one]}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className="menu-line" />
            <Menu.Item className="menu-item" onClick={leave} data-testid="sign-out">
              <Icon name="out" /> Sign out
            </Menu.Item>
            <div class="menu-foot">
              {me.value?.server.name} {me.value?.server.version}
            </div>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Initials on a ground; decoration beside a name. */
export function Avatar({ name }: { name: string }) {
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
  return (
    <span class="avatar" aria-hidden="true">
      {initials || '?'}
    </span>
  );
}
