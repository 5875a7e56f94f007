// Everything the customer reads in the bar.

/** The names as one phrase; more than two are counted. */
function listed(names: readonly string[]): string {
  const [first = '', second = ''] = names;
  if (names.length < 2) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${names.length - 1} others`;
}

export const words = {
  bar: 'Ridealong: sharing this page',
  connecting: 'Connecting…',
  waiting: 'Nobody sees this page yet',
  waitingNote: 'The person you talk to is on the way.',
  live: (names: readonly string[]) => `${listed(names)} can see this page`,
  liveNote: 'Not what you type, and no other site.',
  recorded: 'This page is recorded',
  recordedNote: 'It is recorded, as you allowed. Not what you type.',
  unrecord: 'Delete the recording',
  unrecordSure: 'Delete it for good? Press again',
  paused: 'Paused',
  pausedNote: 'Nobody sees this page until you go on.',
  stop: 'Stop sharing',
  pause: 'Pause',
  resume: 'Go on',
  close: 'Close',
  move: 'Move this bar: drag it, or press the arrow keys',
  compare: 'Does the person you talk to read the same number?',
  compareNote: 'Nothing is shared before you answer.',
  same: 'The same',
  other: 'Not the same',
  ended: {
    customer: ['Sharing has ended', 'Nobody sees this page any more.'],
    agent: ['The agent has ended the session', 'Nobody sees this page any more.'],
    expired: ['The session has expired', 'Ask the person you talk to for a new link.'],
    tampered: ['The connection was not safe', 'Somebody tampered with it. Nothing more is shared.'],
    superseded: ['The session goes on elsewhere', 'It was opened in another window.'],
    fault: ['Sharing has stopped', 'Ridealong met an error. The page itself is not affected.'],
    other: ['The session has ended', 'Nobody sees this page any more.'],
  },
} as const;

/** Line and note for the end of a session. */
export function endedWords(reason: string): readonly [string, string] {
  return Object.hasOwn(words.ended, reason) ? words.ended[reason as keyof typeof words.ended] : words.ended.other;
}
