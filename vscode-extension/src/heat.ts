/** 1 to 4: how much of the largest line's bytes a line has, on a logarithmic scale. */
export function heatOf(bytes: number, most: number): number {
  if (most <= 0 || bytes <= 0) return 1;
  const share = Math.log2(1 + bytes) / Math.log2(1 + most);
  return Math.min(4, Math.max(1, Math.ceil(share * 4)));
}
