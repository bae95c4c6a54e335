/** Text as Kubernetes takes it to mean itself: it replaces `$(NAME)` and halves `$$` in commands and values. */
export const toLiteral = (text: string): string => text.replace(/\$(?=[$(])/g, "$$$$")

/** The text that a container will see. */
export const fromLiteral = (written: string): string => written.replace(/\$\$/g, "$$")
