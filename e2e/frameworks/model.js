// What every demo does, without a framework.

export const sizes = ['small', 'middle', 'large'];
export const actions = ['add', 'many', 'reverse', 'swap', 'odd', 'toggle', 'modal', 'hue', 'clear'];
export const start = { rows: [], next: 1, open: false, modal: false, hue: 10, name: '', size: 'middle' };

const more = (state, n) => ({
  ...state,
  rows: [
    ...state.rows,
    ...Array.from({ length: n }, (_, i) => ({ id: state.next + i, text: `row ${state.next + i}` })),
  ],
  next: state.next + n,
});

export function act(state, what) {
  const { rows } = state;
  switch (what) {
    case 'add':
      return more(state, 1);
    case 'many':
      return more(state, 60);
    case 'reverse':
      return { ...state, rows: [...rows].reverse() };
    case 'swap':
      return { ...state, rows: rows.length > 1 ? [rows.at(-1), ...rows.slice(1, -1), rows[0]] : rows };
    case 'odd':
      return { ...state, rows: rows.filter((row) => row.id % 2 === 0) };
    case 'toggle':
      return { ...state, open: !state.open };
    case 'modal':
      return { ...state, modal: !state.modal };
    case 'hue':
      return { ...state, hue: state.hue + 31 };
    default:
      return { ...state, rows: [] };
  }
}
