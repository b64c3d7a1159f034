/**
 * Preloaded into servers that others wrote, which listen on every interface of the machine: here they listen on
 * loopback only. Nothing else of them is changed.
 */
import { Server } from 'node:net';

const { listen } = Server.prototype;

Server.prototype.listen = function (port, ...rest) {
  const isPort = typeof port === 'number' || typeof port === 'string';
  return isPort && typeof rest[0] !== 'string'
    ? listen.call(this, Number(port), '127.0.0.1', ...rest)
    : listen.call(this, port, ...rest);
};
