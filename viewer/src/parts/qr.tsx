// A QR code as one SVG path; always dark on white, because cameras need it so.

import { useMemo } from 'preact/hooks';
import { encode } from 'uqr';

/** The dark modules as horizontal runs: short, and crisp at any size. */
export function qrPath(text: string): { size: number; d: string } {
  const { data, size } = encode(text, { ecc: 'M', border: 3 });
  let d = '';
  data.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x]) x++;
      d += `M${start} ${y}h${x - start}v1H${start}z`;
    }
  });
  return { size, d };
}

export function Qr({ text, label }: { text: string; label: string }) {
  const { size, d } = useMemo(() => qrPath(text), [text]);
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
      data-testid="qr"
    >
      <rect class="qr-paper" width={size} height={size} />
      <path class="qr-ink" d={d} />
    </svg>
  );
}
