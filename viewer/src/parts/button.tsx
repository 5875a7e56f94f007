// Buttons: one look per weight, a busy state that keeps the focus, icons with a spoken name and a tooltip.

import type { ComponentChildren, JSX } from 'preact';
import { forwardRef } from 'preact/compat';
import { Icon, type IconName } from './icon.tsx';
import { Tip } from './tip.tsx';

type Weight = 'primary' | 'plain' | 'quiet' | 'danger';

type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'icon' | 'ref' | 'size'> & {
  weight?: Weight;
  icon?: IconName;
  busy?: boolean;
  children?: ComponentChildren;
};

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(props, ref) {
  const { weight = 'plain', icon, busy, children, onClick, class: extra, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      ref={ref}
      class={`button ${weight} ${extra ?? ''}`}
      aria-busy={busy || undefined}
      aria-disabled={busy || rest['aria-disabled'] || undefined}
      onClick={busy ? (event: Event) => event.preventDefault() : onClick}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
});

type IconButtonProps = Omit<ButtonProps, 'children'> & { icon: IconName; name: string; keys?: string };

/** A button that is only an icon; its name is spoken and shown as a tooltip. */
export function IconButton({ name, keys, ...rest }: IconButtonProps) {
  return (
    <Tip text={name} keys={keys}>
      <Button weight="quiet" aria-label={name} {...rest} class={`icon-only ${rest.class ?? ''}`} />
    </Tip>
  );
}
