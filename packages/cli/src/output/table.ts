/** Columns as wide as their widest cell, three spaces between, no trailing ones; numbers look best when printed by the caller. */
export const table = (titles: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const lines = [titles, ...rows]
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("   ")
        .trimEnd()
    )
    .join("\n")
}

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

/** A row of small bars, from zero to the largest value, of at most `width` values; more are averaged. */
export const sparkline = (values: ReadonlyArray<number>, width = 48): string => {
  const count = Math.min(width, values.length)
  const means = Array.from({ length: count }, (_, index) => {
    const part = values.slice(
      Math.floor((index * values.length) / count),
      Math.floor(((index + 1) * values.length) / count)
    )
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
  const most = Math.max(...means, 0)
  return means.map((value) => (most === 0 ? bars[0] : bars[Math.round((value / most) * (bars.length - 1))])).join("")
}
