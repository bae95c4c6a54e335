/** Edits between two words: letters added, dropped, replaced, or two neighbours swapped. */
const edits = (a: string, b: string): number => {
  let before: Array<number> = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let least = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1)
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, (before[column - 2] ?? 0) + 1)
      current.push(least)
    }
    before = above
    above = current
  }
  return above[b.length] ?? 0
}

const bare = (word: string): string => word.toLowerCase().replace(/[-_\s]/g, "")

/** The word that was probably meant, where one is near enough; the first of equally near ones. */
export const nearest = (word: string, words: ReadonlyArray<string>): string | undefined => {
  if (word.length > 64) return undefined
  const written = bare(word)
  let best: { readonly word: string; readonly edits: number } | undefined
  for (const candidate of words) {
    const distance = edits(written, bare(candidate))
    if (distance <= Math.max(1, Math.floor(candidate.length / 3)) && (best === undefined || distance < best.edits))
      best = { word: candidate, edits: distance }
  }
  return best?.word
}
