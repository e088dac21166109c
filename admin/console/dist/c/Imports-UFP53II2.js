import{a,b}from"./chunk-456BI2PM.js";import"./chunk-ATN6N5CT.js";import"./chunk-76EISTF7.js";import"./chunk-2MYU72DN.js";export{a as default,b as kindName};
