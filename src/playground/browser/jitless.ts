/** Imported first: zod would try `new Function`, which the page's content security policy forbids and reports. */
import {config} from 'zod';

config({jitless: true});
