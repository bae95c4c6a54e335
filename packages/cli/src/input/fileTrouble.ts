import type { PlatformError } from "effect"

const words: Partial<Record<PlatformError.PlatformError["reason"]["_tag"], string>> = {
  NotFound: "there is no such file",
  PermissionDenied: "you are not allowed to",
  BadResource: "it is a directory",
  AlreadyExists: "it is there already"
}

/** What is wrong with a file, in a person's words. */
export const fileTrouble = ({ message, reason }: PlatformError.PlatformError): string => words[reason._tag] ?? message
