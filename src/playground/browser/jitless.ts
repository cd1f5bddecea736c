/** Must be imported first. Otherwise zod tries `new Function`, which violates the content security policy of the page. */
import {config} from 'zod';

config({jitless: true});
