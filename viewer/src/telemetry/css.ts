// The style that a page gives to its lines in the console with %c. Only a few properties are taken, and of these only plain values: nothing
// that loads, moves, hides or covers.

/** Names as style objects have them. */
export type Style = {
  color?: string;
  backgroundColor?: string;
  fontWeight?: string;
  fontStyle?: string;
  textDecoration?: string;
};

const COLOUR =
  /^(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]{3,22}|(?:rgb|hsl)a?\([\d\s.,%/-]{1,60}(?:deg[\d\s.,%/-]{1,60})?\))$/;

const TAKEN: Record<string, [keyof Style, RegExp]> = {
  color: ['color', COLOUR],
  background: ['backgroundColor', COLOUR],
  'background-color': ['backgroundColor', COLOUR],
  'font-weight': ['fontWeight', /^(?:normal|bold|bolder|lighter|[1-9]00)$/],
  'font-style': ['fontStyle', /^(?:normal|italic|oblique)$/],
  'text-decoration': ['textDecoration', /^(?:none|underline|line-through)$/],
};

/** What is taken of a %c text. */
export function styleOf(css: string): Style {
  const style: Style = {};
  for (const part of css.slice(0, 1000).split(';', 40)) {
    const colon = part.indexOf(':');
    const taken = Object.hasOwn(TAKEN, part.slice(0, colon).trim().toLowerCase())
      ? TAKEN[part.slice(0, colon).trim().toLowerCase()]
      : undefined;
    const value = part
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    if (taken?.[1].test(value)) style[taken[0]] = value;
  }
  return style;
}
