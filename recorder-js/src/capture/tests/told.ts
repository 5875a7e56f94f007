// What standard mode tells of the places in places.ts. The end-to-end tests pin the same list.

/**
 * The places that standard mode tells, as docs/privacy.md says it: static text, the words and plain values of attributes, names, style
 * sheets, pictures, and the names of values in addresses.
 */
export const told = [
  ...[7, 8, 9, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32, 33, 35, 37, 39, 44, 45, 46, 47, 48, 49],
  ...[54, 55, 56, 59, 60, 61, 68, 70, 72, 73, 74, 75, 76, 78, 84, 96, 97, 98, 99, 100, 101, 108, 109, 116, 120, 121, 122, 123, 126, 127],
  ...[131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 143, 144, 145, 146, 147, 148, 149, 150, 151, 153, 154, 155, 156, 157],
  ...[158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 170, 172, 173, 174, 175, 176, 177],
]; // biome-ignore format: a list
