// The icons, drawn on a 16 px grid with one stroke width; decoration only, so hidden from assistive technology.

const PATHS = {
  plus: 'M8 3v10M3 8h10',
  copy: 'M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z',
  check: 'm3 8.5 3.2 3L13 4.5',
  close: 'm4 4 8 8m0-8-8 8',
  chevron: 'm6 3.5 4.5 4.5L6 12.5',
  down: 'm4 6 4 4 4-4',
  back: 'M10 3.5 5.5 8l4.5 4.5',
  info: 'M8 7.5v4M8 4.8v.01M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  share:
    'M10.8 5 5.3 7.6m0 1 5.5 2.5M13 4.2a1.7 1.7 0 1 1-3.4 0 1.7 1.7 0 0 1 3.4 0ZM5.6 8A1.7 1.7 0 1 1 2.2 8a1.7 1.7 0 0 1 3.4 0ZM13 11.8a1.7 1.7 0 1 1-3.4 0 1.7 1.7 0 0 1 3.4 0Z',
  stats: 'M2.5 13.5h11M4 11V8.5M8 11V3.5M12 11V6',
  panel: 'M3.5 2.5h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM10 2.5v11',
  fit: 'M2.5 6V3.5a1 1 0 0 1 1-1H6M10 2.5h2.5a1 1 0 0 1 1 1V6M13.5 10v2.5a1 1 0 0 1-1 1H10M6 13.5H3.5a1 1 0 0 1-1-1V10',
  actual: 'M2.5 3.5h11v9h-11zM5.5 6.2v3.6M10.5 6.2v3.6M8 6.9v.01M8 9.2v.01',
  full: 'M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5l-4.5 4.5M2.5 13.5 7 9',
  help: 'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.6v.01M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  more: 'M3.5 8v.01M8 8v.01M12.5 8v.01',
  warn: 'M8 6.3v3.2M8 11.6v.01M7.1 2.8 1.9 11.9a1 1 0 0 0 .9 1.6h10.4a1 1 0 0 0 .9-1.6L8.9 2.8a1 1 0 0 0-1.8 0Z',
  shield: 'M8 1.8 13 3.6v3.9c0 3-2 5.3-5 6.7-3-1.4-5-3.7-5-6.7V3.6z',
  key: 'M9.2 6.8 14 2M12 4l1.5 1.5M10 6l1.2 1.2M9.5 10.2a3.4 3.4 0 1 1-6.8 0 3.4 3.4 0 0 1 6.8 0Z',
  link: 'M6.8 9.2 9.2 6.8M7.4 4.6l1.2-1.2a2.8 2.8 0 0 1 4 4l-1.2 1.2M8.6 11.4l-1.2 1.2a2.8 2.8 0 0 1-4-4l1.2-1.2',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  stop: 'M4 4h8v8H4z',
  wifi: 'M1.8 6.2a9 9 0 0 1 12.4 0M4 8.7a5.8 5.8 0 0 1 8 0M6.2 11.2a2.6 2.6 0 0 1 3.6 0M8 13.4v.01',
  people:
    'M8.6 5a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0ZM2 13c.3-2.4 2-4 4.3-4s4 1.6 4.3 4M10.6 2.9a2.3 2.3 0 0 1 0 4.2M12 9.5c1.2.6 1.9 1.8 2.1 3.5',
  mail: 'M2.5 3.5h11v9h-11zM2.5 4.5 8 9l5.5-4.5',
  arrow: 'M3 8h10M9 4l4 4-4 4',
  moon: 'M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6Z',
  out: 'M6.5 13.5h-3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1h3M10.5 11l3-3-3-3M13.5 8H6.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
