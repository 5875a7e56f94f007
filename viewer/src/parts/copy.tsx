// Copying text: a button that says what happened, by sight and by ear.

import { useEffect, useState } from 'preact/hooks';
import { Button, IconButton } from './button.tsx';
import { say } from './say.tsx';

/** Puts text on the clipboard and says so; false when the browser refused. */
export async function copy(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    say(`The browser did not allow copying. Select the ${what} and copy it yourself.`);
    return false;
  }
  say(`${what.charAt(0).toUpperCase()}${what.slice(1)} copied`);
  return true;
}

interface CopyProps {
  text: string;
  /** What it is, lower case: "link", "join code". */
  what: string;
  label?: string;
  weight?: 'primary' | 'plain' | 'quiet';
  testid?: string;
}

export function CopyButton({ text, what, label, weight = 'plain', testid }: CopyProps) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [done]);
  const click = async () => setDone(await copy(text, what));
  const icon = done ? 'check' : 'copy';
  if (!label) return <IconButton icon={icon} name={`Copy ${what}`} onClick={click} data-testid={testid} />;
  return (
    <Button icon={icon} weight={weight} onClick={click} data-testid={testid}>
      {label}
    </Button>
  );
}
