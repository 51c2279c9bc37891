/**
 * Loaded into the server of a measurement before all else: ends the process when the measuring process is gone, however that ended.
 * A server that stayed would hold the lock of its data folder.
 */
process.on('disconnect', () => process.exit(1));
// The channel alone does not keep the process running.
process.channel?.unref();
