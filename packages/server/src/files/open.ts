/** Opens the file store that the configuration names. */
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { openS3Store } from './s3-store.ts';
import { type FileStore, openFileStore } from './store.ts';

export const openFiles = ({ s3, data }: Pick<Config, 's3' | 'data'>): FileStore =>
  s3 ? openS3Store(s3) : openFileStore(filesFolder(data));

/** The folder of a data folder in which files are stored without a bucket. */
export const filesFolder = (data: string): string => join(data, 'files');
