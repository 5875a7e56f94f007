// Cells of the rows that list.tsx shows. A table cannot keep its rows short, so the roles are given by hand; it is the rows that take the
// focus, not the cells.

import type { JSX } from 'preact';

type CellProps = JSX.IntrinsicElements['span'];

export function Cell(props: CellProps) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <span role="gridcell" {...props} />;
}

export function HeadCell(props: CellProps) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <span role="columnheader" {...props} />;
}
