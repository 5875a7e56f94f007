// Everything the customer reads in the bar.

export const words = {
  connecting: 'Connecting…',
  waiting: 'Nobody sees this page yet',
  live: (names: string) => `${names} can see this page`,
  paused: 'Paused. Nobody sees this page',
  stop: 'Stop sharing',
  pause: 'Pause',
  resume: 'Go on',
  move: 'Move this bar: drag it, or use the arrow keys',
  hidden: 'What you type is hidden. Passwords and cards never leave this page.',
  ended: {
    customer: 'Sharing has ended.',
    agent: 'The agent has ended the session.',
    expired: 'The session has expired.',
    tampered: 'The connection was tampered with. Nothing more is shared.',
    superseded: 'The session goes on in another window.',
    fault: 'Sharing has stopped because of an error in Ridealong. The page itself is not affected.',
    other: 'The session has ended.',
  },
  close: 'Close',
} as const;

export function endedWords(reason: string | undefined): string {
  const known: Record<string, string> = words.ended;
  return known[reason ?? ''] ?? words.ended.other;
}
