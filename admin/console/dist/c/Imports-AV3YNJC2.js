import{a,b}from"./chunk-J5GZXPUM.js";import"./chunk-R7GLYPQS.js";import"./chunk-Z3SWOYCM.js";import"./chunk-76EISTF7.js";import"./chunk-SZKF7STH.js";export{a as default,b as kindName};
