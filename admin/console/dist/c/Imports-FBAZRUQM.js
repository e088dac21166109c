import{a,b}from"./chunk-2GFQ25TI.js";import"./chunk-3MPU4WKQ.js";import"./chunk-76EISTF7.js";import"./chunk-BMA5XBIS.js";export{a as default,b as kindName};
