// A boxed message inside a page: what happened and what can be done.

import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

interface CalloutProps {
  tone?: 'plain' | 'warn' | 'bad';
  icon?: IconName;
  title?: string;
  /** The title is the page's heading. */
  heading?: boolean;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  /** Speaks at once; for what the agent must not miss. */
  alert?: boolean;
  testid?: string;
}

export function Callout({
  tone = 'plain',
  icon = 'info',
  title,
  heading,
  children,
  actions,
  alert,
  testid,
}: CalloutProps) {
  return (
    <div class={`callout ${tone}`} role={alert ? 'alert' : undefined} data-testid={testid}>
      <Icon name={icon} />
      <div class="callout-text">
        {title && (heading ? <h1>{title}</h1> : <strong>{title}</strong>)}
        {children && <div>{children}</div>}
      </div>
      {actions && <div class="callout-actions">{actions}</div>}
    </div>
  );
}
