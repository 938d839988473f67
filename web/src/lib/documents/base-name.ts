/** The last step of a path: what the file itself is called. */
export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
