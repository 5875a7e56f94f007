// What the customer reads before deciding. The version changes with the words; the server keeps it with the consent.

export const words = {
  asks: (agent: string, organisation: string) => `${agent} from ${organisation} asks to see your page`,
  about: 'You share one tab of this site, live, while you talk:',
  shared: [
    'What the page shows, as you use it',
    'Where you click, scroll and move the pointer',
    'Which browser and screen you have',
  ],
  kept: [
    'Your other tabs, your screen and your files',
    'What you type: each character is shown as a dot',
    'Passwords, cards and one-time codes',
  ],
  notRecorded: 'Nothing is recorded. You can pause or stop at any time.',
  more: 'You may also allow',
  control: 'Point, scroll and fill in fields for me. I am asked again before anything happens.',
  allow: 'Allow and go to the site',
  decline: 'Not now',
  declined: 'Nothing is shared. You can close this tab.',
  code: 'Join code',
  codeAsk: 'Type the code that the person you talk to reads to you',
  codeWrong: 'A code has eight letters and digits, such as K7QD-M2XP.',
  next: 'Next',
  opening: 'Opening the site…',
  looking: 'One moment…',
  framed: 'This page does not open inside another page. Open the link in a tab of its own.',
  again: 'Try again',
  insecure: 'This browser cannot protect the connection here. Open the link over HTTPS.',
} as const;
