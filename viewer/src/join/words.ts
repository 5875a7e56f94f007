// What the customer reads before deciding. A change of these words is a new version, here and on the server (internal/api), which
// keeps it with the consent.

export const textVersion = '2026-12-01';

export const words = {
  asks: (agent: string) => `${agent} asks to see your page`,
  from: 'From',
  site: 'On the site',
  until: 'Link valid until',
  unproven: 'Go on only if you are talking to this person now.',
  shared: 'They see',
  sees: [
    'What this one site shows, live, as you use it, in each tab of it',
    'Where you click, scroll and point',
    'Your browser and its window size',
  ],
  kept: 'They never see',
  never: [
    'Other sites, your screen or your files',
    'What you type: it is shown as dots',
    'Passwords, cards and one-time codes',
  ],
  choices: 'You allow',
  view: ['See the page', 'Needed for everything else.'],
  control: ['Help in the page', 'Point, scroll and fill in fields, when you ask for it. Optional.'],
  record: (who: string, days: number) =>
    [
      'Keep a recording',
      `${who} keeps what they see here, to look at it again later, and deletes it ${
        days > 0 ? `after ${days === 1 ? 'a day' : `${days} days`}` : 'when it is not needed any more'
      }. Without this tick nothing is recorded. Optional.`,
    ] as const,
  allow: 'Allow and open the site',
  decline: 'Not now',
  later: 'You can pause or stop at any time.',
  declined: ['Nothing is shared', 'You can close this tab. The link still works if you change your mind.'],
  back: 'Back',
  codeTitle: 'Join with a code',
  codeAsk: 'Code that the person you talk to reads to you',
  codeHint: 'Eight letters and digits, such as K7QD-M2XP.',
  codeShort: 'A code has eight letters and digits.',
  codeWrong: 'This code is not valid. Check it with the person you talk to.',
  useCode: 'I have a code instead',
  next: 'Next',
  opening: 'Opening the site…',
  looking: 'Looking at the link…',
  again: 'Try again',
  reload: 'Reload',
  gone: [
    'This link is not valid any more',
    'It has expired, was used or is incomplete. Ask the person you talk to for a new one.',
  ],
  claimed: [
    'Somebody else has opened this link',
    'If that was not you in another window, tell the person you talk to, and ask for a new link.',
  ],
  offline: ['The server cannot be reached', 'Check your connection.'],
  tooMany: (seconds: number) =>
    ['Too many tries', `Wait ${seconds > 0 ? `${seconds} seconds` : 'a minute'} and try again.`] as const,
  old: ['This page is out of date', 'Reload it to read the current words.'],
  fault: ['Something went wrong', 'Try again in a moment.'],
  framed: ['Open this in a tab of its own', 'To keep you safe, this page does not work inside another page.'],
  insecure: [
    'The connection is not safe',
    'This browser cannot protect the connection here. Open the link over HTTPS.',
  ],
} as const;

export type Text = readonly [title: string, text: string];
