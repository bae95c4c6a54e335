/** A text after its head, in lines no longer than `width`, broken at blanks; every line but the first is indented. */
export const folded = (head: string, text: string, width: number, indent: number): string => {
  const lines: Array<string> = []
  let line = head
  let isEmpty = true
  for (const word of text.split(" ")) {
    const longer = isEmpty ? line + word : `${line} ${word}`
    const fits = isEmpty || longer.length <= width
    if (!fits) lines.push(line)
    line = fits ? longer : " ".repeat(indent) + word
    isEmpty = false
  }
  return [...lines, line].join("\n")
}
