type Lines = ReadonlyArray<ReadonlyArray<string>>

/** How wide each column must be for these lines, and no narrower than it was. */
export const widthsOf = (lines: Lines, least: ReadonlyArray<number> = []): ReadonlyArray<number> =>
  (lines[0] ?? []).map((_, column) =>
    lines.reduce((most, line) => Math.max(most, (line[column] ?? "").length), least[column] ?? 0)
  )

/** Columns of these widths, three spaces between, no trailing ones. */
export const alignedLines = (lines: Lines, widths: ReadonlyArray<number>): string =>
  lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("   ")
        .trimEnd()
    )
    .join("\n")

/** Columns as wide as their widest cell, titles first; numbers look best when printed by the caller. */
export const table = (titles: ReadonlyArray<string>, rows: Lines): string => {
  const lines = [titles, ...rows]
  return alignedLines(lines, widthsOf(lines))
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
