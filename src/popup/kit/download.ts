/** Files: written with the browser's own download, so that no permission is needed. */

/** Has the browser save `content`. */
export function download(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Firefox reads the blob only after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
