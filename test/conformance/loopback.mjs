/**
 * Preloaded into servers that others wrote, which listen on every interface of the machine: here they listen on
 * loopback only. Nothing else of them is changed.
 */
import { Server } from 'node:net';

const { _listen2: bind } = Server.prototype;

// Not `listen`: Node looks even an address up before it binds, and is done a moment later. The suite asks for its
// port at once, which it can where no address is named.
Server.prototype._listen2 = function (address, port, type, ...rest) {
  const isOpen = address === null && port !== null && port >= 0;
  return isOpen
    ? bind.call(this, '127.0.0.1', port, 4, ...rest)
    : bind.call(this, address, port, type, ...rest);
};
