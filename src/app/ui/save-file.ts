// Hands a text to the browser's download list.

export function saveText(host: Window, name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = host.document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the blob by the next task; keeping the address would keep its bytes.
  host.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
